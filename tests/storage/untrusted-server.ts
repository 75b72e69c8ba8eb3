import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Of the tests alone, and signed by nobody. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgzJRhDDROPm5irLY6
LU6shLm88b9BopRTRW6rLsgfc4WhRANCAARF1RzqTwMfUgz/VsdCDimbcaIsrIce
dDbhLRDjTNlSZG6lsIn9XIi8XIOeIY7hqXxvydOYhpRK/bjaSzS0Y43n
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIURgoDbZZG3tANboerJPe51p7cVKgwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzE5MDYyNloYDzIxMjYxMTAz
MTkwNjI2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARF1RzqTwMfUgz/VsdCDimbcaIsrIcedDbhLRDjTNlSZG6lsIn9XIi8
XIOeIY7hqXxvydOYhpRK/bjaSzS0Y43no28wbTAdBgNVHQ4EFgQU2lOCpJUbB+m4
pGv45000CIcdeM4wHwYDVR0jBBgwFoAU2lOCpJUbB+m4pGv45000CIcdeM4wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgGzw6tdDhrBpvTvexEDTsqFuDxzgadKzr6ok8JlN5wDcCIQDT
rM3k2Bsq5anhNLDHLyUWgJ5WvfCEkSEZP/IgPKbhcw==
-----END CERTIFICATE-----`;

/** The URL of a server that says yes to TLS and shows a certificate that nobody has signed. */
export async function openUntrustedServer(): Promise<{ url: string; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('data', () => {
      // The first message asks for TLS; one letter agrees (PostgreSQL, "Message Flow", SSL Session Encryption).
      socket.write('S');
      new TLSSocket(socket, { isServer: true, key: KEY, cert: CERTIFICATE }).on('error', () => {});
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `postgresql://nobody:secret@127.0.0.1:${address.port}/nothing?sslmode=require`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
