/**
 * This browser as a device: it does what its user asks from elsewhere, each thing only after the person in front of it
 * has said so. It goes on whichever page is open, and ends with the tab.
 */
import { gateway } from './gateway.js';
import { Upload } from './upload.js';

const ID = 'holdfast.device';
const NAME = 'holdfast.device-name';
const PATIENCE_MS = 45_000;

/** What is asked before each first use, by command. */
export const questions = {
  camera_snap: 'take a photo with this camera',
  screen_record_start: 'record this screen or camera',
  get_location: 'know where this device is',
  send_notification: 'show you notifications',
};

const listeners = new Set();
const state = {
  on: false, registered: false, problem: null, asking: null, allowed: new Set(), recording: null, watching: false, photo: null, log: [], notes: [],
};
let heartbeat = null;
let lastCommand = null;
let queue = Promise.resolve();

function changed() {
  listeners.forEach((told) => told());
}

function note(what, how) {
  state.log.unshift({ what, how, at: new Date() });
  state.log.splice(50);
  changed();
}

function capabilities() {
  const { mediaDevices, geolocation } = navigator;
  return [
    ...(mediaDevices?.getUserMedia ? ['camera_snap'] : []),
    ...(globalThis.MediaRecorder && mediaDevices ? ['screen_record_start', 'screen_record_stop'] : []),
    ...(geolocation ? ['get_location'] : []),
    'send_notification',
  ];
}

export function browserName() {
  const { userAgent: agent } = navigator;
  return /Firefox/.test(agent) ? 'Firefox' : /Edg\//.test(agent) ? 'Edge' : /Chrom/.test(agent) ? 'Chrome' : /Safari/.test(agent) ? 'Safari' : 'Browser';
}

export const own = {
  state,

  get id() {
    let id = sessionStorage.getItem(ID);
    if (!id) {
      id = `browser-${Math.random().toString(36).slice(2, 8)}`;
      sessionStorage.setItem(ID, id);
    }
    return id;
  },

  capabilities,

  watch(told) {
    listeners.add(told);
    return () => listeners.delete(told);
  },

  /** What people call it. */
  get name() {
    return sessionStorage.getItem(NAME) || `${browserName()} of ${gateway.user}`;
  },

  /** Is a device from now on, or as soon as it is connected. */
  start(name) {
    if (name) {
      sessionStorage.setItem(NAME, name);
    }
    state.on = true;
    if (gateway.client.status.state === 'connected') {
      register();
    }
    changed();
  },

  /** Stops everything at once: what records, what watches, and being a device. */
  stop() {
    state.on = false;
    state.registered = false;
    clearInterval(heartbeat);
    state.asking?.answer(false);
    own.stopRecording();
    state.recording?.upload.drop();
    state.recording = null;
    own.stopWatching();
    state.allowed.clear();
    // Being a device ends with the connection that is one; the session goes on over another.
    gateway.client.cut();
    changed();
  },

  /** Nothing is recorded any more; what has been stays to be fetched. */
  stopRecording() {
    if (state.recording) {
      state.recording.over = true;
      if (state.recording.recorder.state !== 'inactive') {
        state.recording.recorder.stop();
      }
      state.recording.recorder.stream.getTracks().forEach((track) => track.stop());
      changed();
    }
  },

  stopWatching() {
    if (state.watching !== false) {
      navigator.geolocation.clearWatch(state.watching);
      state.watching = false;
      changed();
    }
  },

  /** Tells where this device is, each time that it changes. */
  startWatching() {
    if (state.watching === false) {
      state.watching = navigator.geolocation.watchPosition(
        (position) => gateway.client.tell('event', { name: 'location', data: place(position) }),
        (problem) => note('location', problem.message));
      changed();
    }
  },
};

async function register() {
  try {
    const { client } = gateway;
    const answer = await client.command('register', {
      device_id: own.id,
      device_info: { name: own.name.slice(0, 200), type: 'browser', platform: navigator.platform.slice(0, 200), capabilities: capabilities() },
      ...(lastCommand ? { last_command_id: lastCommand } : {}),
    });
    state.registered = true;
    state.problem = null;
    clearInterval(heartbeat);
    heartbeat = setInterval(() => gateway.client.tell('heartbeat'), answer.heartbeat_interval_ms ?? 15_000);
  } catch (problem) {
    state.registered = false;
    state.problem = problem;
  }
  changed();
}

/** Whether the person lets this be done; asked once for each sort of thing while this is a device. */
function permitted(command, params) {
  if (state.allowed.has(command)) {
    return Promise.resolve(true);
  }
  return new Promise((resolve) => {
    const question = {
      command, params,
      /** A second click on a button that is drawn no more answers nothing, and not the next question. */
      answer(yes) {
        clearTimeout(timer);
        if (state.asking === question) {
          state.asking = null;
          if (yes) {
            state.allowed.add(command);
          }
          changed();
        }
        resolve(yes);
      },
    };
    const timer = setTimeout(() => question.answer(false), PATIENCE_MS);
    state.asking = question;
    changed();
  });
}

async function put(order, blob) {
  const response = await fetch(order.upload.url, { method: order.upload.method, headers: { 'content-type': blob.type }, body: blob });
  if (!response.ok) {
    const answer = await response.json().catch(() => ({}));
    throw new Error(answer.error?.message ?? `HTTP ${response.status}`);
  }
}

async function snap(order) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true });
  try {
    const video = document.createElement('video');
    video.srcObject = stream;
    video.muted = true;
    await video.play();
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext('2d').drawImage(video, 0, 0);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.88));
    await put(order, blob);
    return { width: canvas.width, height: canvas.height };
  } finally {
    stream.getTracks().forEach((track) => track.stop());
  }
}

async function record({ params, upload: { url } }) {
  if (state.recording) {
    throw new Error('it records already');
  }
  const { mediaDevices } = navigator;
  const stream = params.source === 'screen' && mediaDevices.getDisplayMedia
    ? await mediaDevices.getDisplayMedia({ video: true }) : await mediaDevices.getUserMedia({ video: true, audio: params.audio === true });
  const recorder = new MediaRecorder(stream, { mimeType: 'video/webm' });
  const upload = new Upload(url, 'video/webm');
  const begun = new Promise((resolve) => (recorder.ondataavailable = ({ data }) => {
    if (data.size) {
      upload.add(data);
      resolve();
    }
  }));
  const ended = new Promise((resolve) => (recorder.onstop = resolve));
  // Where the person ends it, here or by the browser's own means, what there is stays to be fetched.
  ended.then(() => upload.end()).catch(() => {});
  stream.getTracks().forEach((track) => (track.onended = () => own.stopRecording()));
  recorder.start(1_000);
  state.recording = { recorder, upload, ended, since: Date.now() };
  changed();
  // A camera takes its time: one that is stopped before its first picture has recorded nothing.
  await Promise.race([begun, ended]);
  return { recording: true };
}

async function stopRecording(order) {
  const { recording } = state;
  if (!recording) {
    throw new Error('nothing is recorded');
  }
  own.stopRecording();
  const seconds = Math.round((Date.now() - recording.since) / 100) / 10;
  await recording.ended;
  try {
    await recording.upload.end(order.upload.url);
  } finally {
    state.recording = null;
    changed();
  }
  return { seconds };
}

const place = ({ coords, timestamp }) => ({
  latitude: coords.latitude, longitude: coords.longitude, accuracy: coords.accuracy, at: new Date(timestamp).toISOString(),
});

async function locate({ params }) {
  const position = await new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject, { timeout: 20_000 }));
  if (params.watch === true) {
    own.startWatching();
  }
  return place(position);
}

async function notify({ params }) {
  const { title = 'Holdfast', body = '' } = params;
  state.notes.unshift({ title: String(title), body: String(body), at: new Date() });
  state.notes.splice(10);
  if (globalThis.Notification && await Notification.requestPermission() === 'granted') {
    try {
      new Notification(String(title), { body: String(body) });
    } catch {
      // Some browsers let only service workers show them; the page has shown it.
    }
  }
  return { shown: true };
}

const deeds = {
  camera_snap: snap, screen_record_start: record, screen_record_stop: stopRecording, get_location: locate, send_notification: notify,
};

async function obey(order) {
  const params = order.params ?? {};
  let result;
  try {
    const deed = deeds[order.command];
    if (!deed) {
      throw new Error('this browser can not do that');
    }
    // Whoever let it begin lets it end.
    if (order.command in questions && !(await permitted(order.command, params))) {
      throw new Error('the person in front of this browser said no');
    }
    result = { success: true, data: await deed({ ...order, params }) };
    note(order.command, 'done');
  } catch (problem) {
    result = { success: false, error: { code: 'refused', message: problem.message || problem.name } };
    note(order.command, problem.message || problem.name);
  }
  await gateway.client.command('result', { command_id: order.command_id, ...result }).catch((problem) => note(order.command, problem.message));
}

let listening = null;

/** The connection of the page is that of the device, too. */
function listen(client) {
  if (client === listening) {
    return;
  }
  listening = client;
  lastCommand = null;
  client.on('event', (event) => {
    if (event.type === 'command' && event.command_id && state.on && client === gateway.client) {
      lastCommand = event.command_id;
      queue = queue.then(() => obey(event));
    }
  });
}

gateway.watch((client) => {
  listen(client);
  if (client.status.state === 'connected' && state.on) {
    register();
  } else if (state.registered && client.status.state !== 'connected') {
    state.registered = false;
    changed();
  }
});
listen(gateway.client);
