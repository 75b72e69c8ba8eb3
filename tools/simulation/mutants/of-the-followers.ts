/** Deliberate faults in what followers are sent, and when. The property of the followers finds them, not the plans. */
import type { Mutant } from './mutant.ts';

const mutant = (
  name: string,
  file: string,
  find: string,
  replace: string,
  also?: { readonly find: string; readonly replace: string },
): Mutant => ({
  name: `followers: ${name}`,
  isOfFollowers: true,
  file,
  find,
  replace,
  ...(also === undefined ? {} : { also }),
});

export const MUTANTS_OF_THE_FOLLOWERS: readonly Mutant[] = [
  mutant(
    'the cursor moves before the event is sent',
    'src/live/pages.ts',
    `if (isStopped() || sink.isFull()) break;
        sink.event(event);
        cursor = event.eventNo;`,
    `cursor = event.eventNo;
        if (isStopped() || sink.isFull()) break;
        sink.event(event);`,
  ),
  mutant('the cursor stands still', 'src/live/pages.ts', 'cursor = event.eventNo;', ''),
  mutant(
    'they are woken before the commit',
    'src/sessions/executor.ts',
    'if (done.wakes !== null) wake?.(done.wakes);',
    '',
    {
      find: '(loaded) => decideAll(batch, loaded)',
      replace:
        '(loaded) => { const decided = decideAll(batch, loaded); if (decided.result.wakes !== null) wake?.(decided.result.wakes); return decided; }',
    },
  ),
  mutant(
    'what wakes them while they read is forgotten',
    'src/live/steps.ts',
    `isWoken = true;
      void run();`,
    'void run();',
  ),
  mutant(
    'they are registered after the first page is read',
    'src/live/follow.ts',
    'noteWake(wake, due, pages.cursor());',
    "if (pages.cursor() === options.after && !('read' in due)) return; noteWake(wake, due, pages.cursor());",
    {
      find: 'const { sent, isAtEnd } = await pages.sendNext();',
      replace: 'const { sent, isAtEnd } = await pages.sendNext(); Object.assign(due, { read: true });',
    },
  ),
  mutant(
    'the state is the one that was asked for the time before',
    'src/live/follow.ts',
    'const status = await options.status(appointmentId);',
    'const status = await (earlier ?? options.status(appointmentId)); earlier = options.status(appointmentId);',
    {
      find: 'let isStatesTurn = false;',
      replace: 'let isStatesTurn = false; let earlier: ReturnType<typeof options.status> | null = null;',
    },
  ),
  mutant('no state follows an event', 'src/live/follow.ts', 'else due.state = true;', ''),
  mutant(
    'nothing is compared: the safety net is off',
    'src/live/hub.ts',
    'await compareDue().catch(onError);',
    'await Promise.resolve();',
  ),
  mutant(
    'the comparison looks at the log alone',
    'src/live/hub.ts',
    'const isAccountChanged = topic.accountMark !== account;',
    'const isAccountChanged = false;',
  ),
  mutant(
    'a top-up wakes nobody',
    'src/sessions/wakes.ts',
    ': activeSessions(settled.account)',
    ': activeSessions(settled.account).slice(0, 0)',
  ),
  mutant(
    'a follow that is replaced goes on',
    'src/http/live/follows.ts',
    'const { appointmentId, after } = request;\n      end(appointmentId);',
    'const { appointmentId, after } = request;',
  ),
  mutant(
    'it is opened once the status was read',
    'src/live/follow.ts',
    'const unwatch = hub.watch(',
    'let isHeard = false; const unwatch = ((appointment, onWake) => hub.watch(appointment, (wake) => { if (isHeard) onWake(wake); }))(',
    { find: 'start: (sent) => {', replace: 'start: (sent) => { isHeard = true; due.log = false;' },
  ),
];
