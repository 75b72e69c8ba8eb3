/** How a Redis of ours is started, as the product wants it: append-only and never evicting; on the loopback interface. */
export function redisFlags(port: number, directory: string): readonly string[] {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: directory,
    save: '',
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}
