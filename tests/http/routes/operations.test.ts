import { describe, expect, test } from 'vitest';
import { openApp, sharedApp } from '../open-app.ts';

const shared = sharedApp();

describe('GET /health/live', () => {
  test('answers without a token', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: '/health/live' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toStrictEqual({ success: true, message: 'The process answers', data: {} });
  });

  test('leaves no line in the log', async () => {
    const { app, logLines } = shared();
    await app.inject({ url: '/health/live' });
    expect(logLines).toStrictEqual([]);
  });
});

describe('GET /health/ready', () => {
  test('is 200 when everything answers', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: '/health/ready' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      success: true,
      data: { dependencies: [{ name: 'database', is_ready: true }] },
    });
  });

  test('is 200 and warns where a queue is held up', async () => {
    const { app } = await openApp({
      readiness: async () => [
        { name: 'queue', isReady: true, detail: null, warnings: ['session-alarms is paused'] },
      ],
    });
    const answer = await app.inject({ url: '/health/ready' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      data: { dependencies: [{ name: 'queue', is_ready: true, warnings: ['session-alarms is paused'] }] },
    });
  });

  test('is 503 and names what is missing, and keeps the details for the log', async () => {
    const { app, logLines } = await openApp({
      readiness: async () => [
        { name: 'database', isReady: true, detail: null },
        { name: 'queue', isReady: false, detail: 'connect ECONNREFUSED 10.0.0.5:6379' },
      ],
    });
    const answer = await app.inject({ url: '/health/ready' });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toMatchObject({
      success: false,
      code: 'unavailable',
      data: {
        missing: ['queue'],
        dependencies: [
          { name: 'database', is_ready: true },
          { name: 'queue', is_ready: false },
        ],
      },
    });
    expect(answer.body).not.toContain('10.0.0.5');
    expect(logLines.join('')).toContain('10.0.0.5');
  });
});

describe('GET /metrics', () => {
  test('gives the figures in the format that they come in', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: '/metrics' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.body).toBe('sessions_started_total 3\n');
  });
});
