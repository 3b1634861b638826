/** What a gateway refuses, what fails, and `unknown_outcome`: a command that may have been obeyed. */
export class HoldfastError extends Error {
  readonly code: string;
  readonly reason?: string;
  readonly retryAfterMs?: number;
  constructor(code: string, message: string, frame?: { reason?: string; retry_after_ms?: number });
}

export interface Options {
  /** Such as `wss://gateway.example/ws`; in a browser without it, the gateway that the page came from. */
  url?: string;
  /** The token to be admitted with. A function is asked before each connection, and when a token is about to end. */
  token?: string | null | (() => string | null | Promise<string | null>);
  /** Who to be, at a gateway in development mode. */
  user?: string;
  /** The pause before the first attempt in a row, in milliseconds (250); doubled each time. A random half is left out. */
  first?: number;
  /** The longest pause, in milliseconds (30,000). */
  most?: number;
  /** How long a handshake may take, in milliseconds (10,000). */
  connectTimeout?: number;
  /** Whether to keep trying where the gateway is not there yet (true). */
  patient?: boolean;
  /** The WebSocket to use where there is none, or another than the global one. */
  WebSocket?: unknown;
}

/** Any frame of PROTOCOL.md. */
export interface Frame {
  type: string;
  id?: string;
  [field: string]: any;
}

/** An event of a feed, as it came. */
export interface Event extends Frame {
  feed: string;
  offset: number;
  /** How many events it stands for; 1 where it is not said. */
  span?: number;
  timestamp: string;
}

/** What those who listen will never see of a feed, or see as the state it has come to. */
export type Missed = ({ type: 'gap'; after: string | null; reason: 'slow' | 'retention' | 'unrecovered' }
  | { type: 'snapshot'; state: { [field: string]: any } }) & { feed: string; position: string };

/** What a feed gives to its reader, in order; whoever attaches from `position` goes on with what follows. */
export type Delivery =
  /** An event, given once. */
  | { kind: 'event'; feed: string; position: string; event: Event; state?: undefined }
  /** The state of the feed as of its position, in place of events that are not there any more. */
  | { kind: 'snapshot'; feed: string; position: string; state: { [field: string]: any }; event?: undefined }
  /** Events that this reader will never see: those after `after`, up to `position`. */
  | { kind: 'gap'; feed: string; position: string; after: string | null; reason: 'slow' | 'retention' | 'unrecovered'; event?: undefined; state?: undefined };

export interface FeedOptions {
  /** Where to begin: `now` unless given. */
  from?: 'start' | 'now' | { after: string };
  /** Called with each delivery; without it, iterate over the feed. */
  onDelivery?: (delivery: Delivery) => void;
  /** Called where the feed can't be read, or not any longer. */
  onError?: (failure: HoldfastError) => void;
  /** Closes the feed. */
  signal?: AbortSignal;
}

/** A feed that is being read, across however many connections. */
export interface Feed extends AsyncIterable<Delivery> {
  readonly name: string;
  readonly position: string | null;
  readonly closed: boolean;
  /** Fulfilled once it is attached for the first time; rejected where it may not be read. */
  readonly ready: Promise<Feed>;
  /** Ends the reading; ends an iteration too. */
  close(): void;
}

export type Status =
  | { state: 'connecting'; attempts?: number }
  | { state: 'connected'; resumed: boolean; sessionId: string; user: string }
  | { state: 'waiting'; reason: string; code: number; retryInMs: number; attempts: number }
  | { state: 'closed'; reason: string; code: number; error: HoldfastError };

export interface Client {
  readonly status: Status;
  readonly user: string | null;
  readonly sessionId: string | null;
  /** Fulfilled with the first admission; rejected where the gateway refuses. */
  readonly ready: Promise<Client>;
  /** Gives a command of PROTOCOL.md; its answer, or a `HoldfastError`. It is obeyed once. */
  command(type: string, fields?: object): Promise<Frame>;
  /** Says something that wants no answer and would be of no use later: dropped while there is no connection. */
  tell(type: string, fields?: object): void;
  message(channel: string, content: unknown): Promise<Frame>;
  publish(channel: string, event: string, data: unknown, idempotencyKey?: string): Promise<Frame>;
  /** Reads a feed; one reader of each at a time. */
  feed(name: string, options?: FeedOptions): Feed;
  channel(name: string, options?: FeedOptions): Feed;
  /** Each change of `status`. Returns what ends it. */
  on(name: 'status', callback: (status: Status) => void): () => void;
  /** Events of feeds without a reader: read since admission, such as the user's own channel, or come with a command. */
  on(name: 'event', callback: (event: Event | Missed) => void): () => void;
  /** Frames of no feed and no command: `broadcast`, errors. */
  on(name: 'frame', callback: (frame: Frame) => void): () => void;
  /** Connects at once, where it waits. */
  retry(): void;
  /** Cuts the connection as a network would, for trials; the client comes back. */
  cut(): void;
  /** Closes the connection and ends every feed; commands without an answer fail. */
  close(): void;
}

/** Connects to a gateway, and comes back by itself. Returns at once. */
export function connect(options?: Options): Client;
