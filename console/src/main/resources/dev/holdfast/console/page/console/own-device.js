/**
 * This browser as a device: it does what its user asks from elsewhere, each thing only after the person in front of it
 * has said so. It goes on whichever page is open, after a reload too, and ends with the tab.
 */
import { memory } from './device-memory.js';
import { gateway } from './gateway.js';
import { Upload } from './upload.js';

const NAME = 'holdfast.device-name';
const PATIENCE_MS = 45_000;
const VIDEO = 'video/webm';

/** What is asked before each first use, by command. */
export const questions = {
  camera_snap: 'take a photo with this camera',
  screen_record_start: 'record this screen or camera',
  get_location: 'know where this device is',
  send_notification: 'show you notifications',
};

const listeners = new Set();
const state = {
  on: false, registered: false, problem: null, asking: null, allowed: new Set(), recording: null, watching: false, log: [], notes: [],
};
let heartbeat = null;
let claimed = false;
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
    return memory.id;
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
    // Whose device it is, is told by who is signed in once it registers.
    memory.keep({ on: true, user: null, last: null, orders: [] });
    become(false);
  },

  /** Is after a reload what it was before: the same device, with what was on. */
  restore() {
    if (!memory.on) {
      return;
    }
    state.allowed = new Set(memory.allowed);
    if (memory.recording) {
      const { url, since } = memory.recording;
      state.recording = { upload: Upload.left(url, VIDEO), ended: Promise.resolve(), since, until: Date.now(), over: true };
    }
    become(true);
  },

  /** Stops everything at once: what records, what watches, and being a device. */
  stop() {
    end();
    // Being a device ends with the connection that is one; the session goes on over another.
    gateway.client.cut();
    changed();
  },

  /** Nothing is recorded any more; what has been stays to be fetched. */
  stopRecording() {
    if (state.recording && !state.recording.over) {
      state.recording.over = true;
      state.recording.until = Date.now();
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
      memory.keep({ watching: false });
      changed();
    }
  },

  /** Tells where this device is, each time that it changes. */
  startWatching() {
    if (state.watching === false) {
      state.watching = navigator.geolocation.watchPosition(
        (position) => gateway.client.tell('event', { name: 'location', data: place(position) }),
        (problem) => note('location', problem.message));
      memory.keep({ watching: true });
      changed();
    }
  },
};

/** Registers as soon as there is a connection. */
async function become(again) {
  state.on = true;
  changed();
  const alone = await memory.claim();
  if (again && !alone) {
    // A tab that was copied is not what the other one is.
    end();
    changed();
    return;
  }
  claimed = true;
  if (state.on && gateway.client.status.state === 'connected') {
    register();
  }
}

function end() {
  state.on = false;
  state.registered = false;
  claimed = false;
  clearInterval(heartbeat);
  state.asking?.answer(false);
  own.stopRecording();
  state.recording?.upload.drop();
  state.recording = null;
  own.stopWatching();
  state.allowed.clear();
  memory.forget();
}

async function register() {
  if (memory.user !== null && memory.user !== gateway.user) {
    // Whoever is signed in by now has not said that this is a device of theirs.
    end();
    changed();
    return;
  }
  try {
    const { client } = gateway;
    const answer = await client.command('register', {
      device_id: own.id,
      device_info: { name: own.name.slice(0, 200), type: 'browser', platform: navigator.platform.slice(0, 200), capabilities: capabilities() },
      ...(memory.last ? { last_command_id: memory.last } : {}),
    });
    state.registered = true;
    state.problem = null;
    memory.keep({ user: gateway.user, last: answer.last_command_id ?? memory.last });
    clearInterval(heartbeat);
    heartbeat = setInterval(() => gateway.client.tell('heartbeat'), answer.heartbeat_interval_ms ?? 15_000);
    goOn();
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
            memory.keep({ allowed: [...state.allowed] });
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
  const recorder = new MediaRecorder(stream, { mimeType: VIDEO });
  const upload = new Upload(url, VIDEO);
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
  memory.keep({ recording: { url, since: state.recording.since } });
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
  const seconds = Math.round((recording.until - recording.since) / 100) / 10;
  await recording.ended;
  try {
    await recording.upload.end(order.upload.url);
  } finally {
    state.recording = null;
    memory.keep({ recording: null });
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

/** Changes what is remembered of one command. */
function recall(order, how) {
  memory.keep({ orders: memory.orders.map((one) => (one.order.command_id === order.command_id ? { ...one, ...how } : one)) });
}

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
    recall(order, { begun: true });
    result = { success: true, data: await deed({ ...order, params }) };
    note(order.command, 'done');
  } catch (problem) {
    result = refusal(problem.message || problem.name);
    note(order.command, problem.message || problem.name);
  }
  await answer(order, result);
}

const refusal = (message) => ({ success: false, error: { code: 'refused', message } });

async function answer(order, result) {
  recall(order, { result });
  await gateway.client.command('result', { command_id: order.command_id, ...result }).catch((problem) => note(order.command, problem.message));
  memory.keep({ orders: memory.orders.filter((one) => one.order.command_id !== order.command_id) });
}

let left = memory.orders;

/** Goes on after a reload with what had been taken before it: what has been begun is not done twice. */
function goOn() {
  const orders = left;
  left = [];
  if (memory.watching) {
    own.startWatching();
  }
  for (const { order, begun, result } of orders) {
    if (result || begun) {
      answer(order, result ?? refusal('the page was left while it did that'));
    } else if (Date.parse(order.deadline) > Date.now()) {
      queue = queue.then(() => obey(order));
    } else {
      memory.keep({ orders: memory.orders.filter((one) => one.order.command_id !== order.command_id) });
    }
  }
}

let listening = null;

/** The connection of the page is that of the device, too. */
function listen(client) {
  if (client === listening) {
    return;
  }
  listening = client;
  client.on('event', (event) => {
    if (event.type === 'command' && event.command_id && state.on && client === gateway.client) {
      const { command_id, command, params, upload, deadline } = event;
      memory.keep({ last: command_id, orders: [...memory.orders, { order: { command_id, command, params, upload, deadline } }] });
      queue = queue.then(() => obey(event));
    }
  });
}

gateway.watch((client) => {
  listen(client);
  if (client.status.state === 'connected' && state.on && claimed) {
    register();
  } else if (state.registered && client.status.state !== 'connected') {
    state.registered = false;
    changed();
  }
});
listen(gateway.client);
