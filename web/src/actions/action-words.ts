/** What an administrator can do, in words. */
const ACTIONS = {
  'session.ended': 'Ended a session',
  'charge.refunded': 'Gave a unit back',
  'refund.taken_back': 'Took a refund back',
  'grant.adjusted': 'Adjusted a grant',
  'grant.created': 'Created a grant',
  'grant.changed': 'Changed a grant',
  'appointment.created': 'Created an appointment',
  'appointment.changed': 'Changed an appointment',
  'patient.viewed': 'Looked at a patient',
  'audit.run': 'Ran an audit',
  'audit.acknowledged': 'Acknowledged differences',
  'ledger.exported': 'Exported the ledger',
  'actions.exported': 'Exported who did what',
  signed_in: 'Signed in',
  signed_out: 'Signed out',
};

const isKnown = (action: string): action is keyof typeof ACTIONS => Object.hasOwn(ACTIONS, action);

/** Acts on the board of queues are named by what was done there: `queue.pause`. */
export function wordsOfAction(action: string): string {
  if (isKnown(action)) return ACTIONS[action];
  return action.startsWith('queue.')
    ? `Queues: ${action.slice('queue.'.length).replaceAll('_', ' ')}`
    : action;
}

/** To choose from. An act on the board is among them where it is what was chosen: only a link leads there. */
export const actionChoices = (chosen: string): Readonly<Record<string, string>> => ({
  '': 'Any',
  ...ACTIONS,
  ...(chosen === '' || isKnown(chosen) ? {} : { [chosen]: wordsOfAction(chosen) }),
});
