// Loaded before the API and before the worker where `npm start` runs them (`node --import`). If that process
// is killed, nobody is left to stop them: then they drain and stop by themselves.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Listening alone must not keep alive a process that is done.
process.channel?.unref();
