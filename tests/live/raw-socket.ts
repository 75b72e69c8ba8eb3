/** A client that speaks the WebSocket protocol byte by byte, so that it can do what no library does. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** The request to upgrade. */
export const UPGRADE = [
  'GET /api/live HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');

const TEXT = 0x1;
export const PING = 0x9;
const CLOSE = 0x8;

/** One frame of a client, masked with zeros. */
export function frameOf(payload: object | Buffer, opcode = TEXT): Buffer {
  const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
  const head =
    bytes.length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | bytes.length])
      : Buffer.from([0x80 | opcode, 0x80 | 126, bytes.length >> 8, bytes.length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), bytes]);
}

/** Opens a connection and reads nothing from it until it is told to. */
export async function openRaw(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket.pause();
}

/** Takes the server's bytes apart: the frames of text, and the close. */
export function openReader() {
  let left: Buffer = Buffer.alloc(0);
  let isUpgraded = false;
  const frames: Readonly<Record<string, unknown>>[] = [];
  let close: { readonly code: number; readonly reason: string } | null = null;

  function takeFrame(): boolean {
    if (left.length < 2) return false;
    const short = (left[1] ?? 0) & 0x7f;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (left.length < head) return false;
    const length = short === 126 ? left.readUInt16BE(2) : short === 127 ? left.readUInt32BE(6) : short;
    if (left.length < head + length) return false;
    const payload = left.subarray(head, head + length);
    const opcode = (left[0] ?? 0) & 0xf;
    if (opcode === TEXT) frames.push(JSON.parse(payload.toString()));
    if (opcode === CLOSE) close = { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
    left = left.subarray(head + length);
    return true;
  }
  return {
    frames,
    close: () => close,
    isUpgraded: () => isUpgraded,
    take: (chunk: Buffer): void => {
      left = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
      if (!isUpgraded) {
        const end = left.indexOf('\r\n\r\n');
        if (end < 0) return;
        isUpgraded = left.subarray(0, 12).toString() === 'HTTP/1.1 101';
        left = left.subarray(end + 4);
      }
      while (takeFrame());
    },
  };
}
