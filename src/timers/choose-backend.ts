import type { Backend } from './backend.ts';
import { postgresBackend } from './postgres-backend.ts';
import type { QueueSettings } from './queue-settings.ts';
import { redisBackend } from './redis-backend.ts';

export function chooseBackend(settings: QueueSettings): Backend {
  switch (settings.kind) {
    case 'redis':
      return redisBackend(settings.url, settings.shards ?? 1);
    case 'postgres':
      return postgresBackend(settings.url);
  }
}
