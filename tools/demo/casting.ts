import type { Grant, Participant, Story } from './story.ts';

/** A story with the people, the appointment and the subscriptions that belong to it alone. */
export interface Casting {
  /** Of the story, and of its appointment. */
  readonly no: number;
  readonly story: Story;
  readonly people: Readonly<Record<Participant, number>>;
  readonly grantIds: Readonly<Record<Grant, number>>;
}

export const castStory = (story: Story, no: number): Casting => ({
  no,
  story,
  people: { patient: 100 + no, doctor: 200 + no },
  grantIds: { first: 10 * no + 1, second: 10 * no + 2 },
});

export const ADMIN_ID = 1;
