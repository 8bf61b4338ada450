import type { SimulatedSocket } from '../../sockets.js';
import type { Timer } from '../clock.js';

/** 1 s: what is waited for an answer first. */
export const FIRST_TIMEOUT = 1e9;
export const MOST_TIMEOUT = 120e9;
/** 40 ms: how long an acknowledgement waits, and 200 ms: the least that is waited for one. */
export const ACK_DELAY = 40e6;
export const LEAST_TIMEOUT = 200e6;
export const DEFAULT_MSS = 536;
export const MOST_WINDOW = 65535;

/** A segment that was sent and not acknowledged yet. */
export interface Unacked {
  readonly seq: number;
  readonly flags: number;
  readonly data: Uint8Array;
  sentAt: number;
  again: boolean;
}

/** Somebody who wants to connect and has not answered yet. Linux: struct request_sock. */
export interface Request {
  readonly key: string;
  readonly local: { readonly ip: Uint8Array; readonly port: number };
  readonly remote: { readonly ip: Uint8Array; readonly port: number };
  readonly irs: number;
  readonly iss: number;
  readonly mss: number;
  readonly window: number;
  retries: number;
  timer: Timer | undefined;
}

/** What a TCP socket knows of its connection, or, while it listens, of those who come. */
export class TcpConnection {
  iss = 0;
  sndUna = 0;
  sndNxt = 0;
  sndWnd = MOST_WINDOW;
  irs = 0;
  rcvNxt = 0;
  mss = DEFAULT_MSS;
  readonly unacked: Unacked[] = [];
  /** Bytes that the other end has no room for yet. */
  pending: Uint8Array = new Uint8Array(0);
  /** A FIN is to follow them. */
  finPending = false;
  timer: Timer | undefined;
  timeout = FIRST_TIMEOUT;
  /** Times that the oldest segment was sent again. */
  retries = 0;
  /** Smoothed round trip in microseconds, times 8, as `struct tcp_sock` has it. */
  srtt = 0;
  /** In order, not read yet. */
  readonly received: Uint8Array[] = [];
  /** Acknowledgements that are still sent at once, before they wait for something to go with. */
  quickAcks = 16;
  /** Answers that followed data closely: from the first one on, acknowledgements wait. */
  answers = 0;
  /** When data came in last. */
  receivedAt = Number.NEGATIVE_INFINITY;
  /** What was acknowledged last. */
  ackSent = 0;
  ackTimer: Timer | undefined;
  /** The other end will send no more. */
  finReceived = false;
  /** Its task is in the middle of a call: what comes in waits. */
  owned = false;
  readonly waiting: (() => void)[] = [];
  /** No task has it any more. */
  orphaned = false;
  /** Called when the connection is over and no task has it. */
  gone: (() => void) | undefined;
  /** Of a socket that listens. */
  backlog = 0;
  readonly requests = new Map<string, Request>();
  readonly accepted: SimulatedSocket[] = [];
  readonly counts = {
    segsIn: 0,
    segsOut: 0,
    dataSegsIn: 0,
    dataSegsOut: 0,
    bytesReceived: 0,
    bytesAcked: 0,
    bytesSent: 0,
    retransmissions: 0,
  };

  /** Bytes that wait to be read. */
  get unread(): number {
    return this.received.reduce((sum, { length }) => sum + length, 0);
  }

  /** How much more there is room for. */
  get window(): number {
    return Math.max(0, MOST_WINDOW - this.unread);
  }

  /** Bytes on their way. */
  get inFlight(): number {
    return (this.sndNxt - this.sndUna) >>> 0;
  }
}
