/**
 * Branded ids. All are positive integers up to 2^53 - 1: what JSON, JavaScript and a `bigint` column
 * can all hold exactly. A brand is given at the edge only: by the HTTP schemas and by the row mappers.
 */
declare const brand: unique symbol;
type Id<Name extends string> = number & { readonly [brand]: Name };

export type UserId = Id<'UserId'>;
export type AppointmentId = Id<'AppointmentId'>;
export type SessionId = Id<'SessionId'>;
export type GrantId = Id<'GrantId'>;
export type LedgerEntryId = Id<'LedgerEntryId'>;

/** The account of a patient is known by the patient's user id. */
export type PatientId = UserId;

export const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

function parseId<Name extends string>(name: Name): (value: number | bigint) => Id<Name> {
  return (value) => {
    const id = Number(value);
    if (!isId(id)) throw new RangeError(`${name} must be an integer from 1 to 2^53 - 1, got ${value}`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand is given here and nowhere else
    return id as Id<Name>;
  };
}

export const userId = parseId('UserId');
export const appointmentId = parseId('AppointmentId');
export const sessionId = parseId('SessionId');
export const grantId = parseId('GrantId');
export const ledgerEntryId = parseId('LedgerEntryId');
