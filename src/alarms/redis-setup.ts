import { Cluster } from 'ioredis';
import type { Report } from './notice.ts';
import type { RedisClient } from './redis-client.ts';

/**
 * Reports a Redis that may lose alarms by its configuration. It only warns: a lost alarm costs lateness,
 * never money. Never throws: a server that does not answer, or hides its INFO, is another notice's matter.
 */
export async function reportRiskySetup(client: RedisClient, report: Report): Promise<void> {
  try {
    const nodes = client instanceof Cluster ? client.nodes('master') : [client];
    const infos = await Promise.all(nodes.map((node) => node.info()));
    const warnings = new Set(infos.flatMap((info) => riskySetup(info)));
    for (const text of warnings) report({ kind: 'queue_warning', text });
  } catch {
    // The connection's own notices tell what is wrong.
  }
}

/** The warnings for one server's INFO text. A field that the server does not show gives no warning. */
export function riskySetup(info: string): readonly string[] {
  const warnings: string[] = [];
  const policy = field(info, 'maxmemory_policy');
  if (policy !== null && policy !== 'noeviction') {
    warnings.push(
      `Redis has maxmemory-policy "${policy}" and may throw alarms away when memory is short: ` +
        'set "maxmemory-policy noeviction".',
    );
  }
  if (field(info, 'aof_enabled') === '0') {
    warnings.push(
      'Redis keeps no append-only file and forgets every alarm in a restart: ' +
        'set "appendonly yes" and "appendfsync everysec".',
    );
  }
  return warnings;
}

function field(info: string, name: string): string | null {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? null;
}
