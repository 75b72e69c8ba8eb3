import { type TSchema, Type } from 'typebox';
import type { RefusalCode } from '../../billing/refusal.ts';
import { type Failure, failureSchema } from '../envelope.ts';
import { failureOf, refusalOf } from '../errors.ts';
import { type FailureCode, failureAnswers } from '../failure-answers.ts';
import { refusalAnswers } from '../refusal-answers.ts';

type Code = RefusalCode | FailureCode;

/** What any route may answer that asks who is there. */
const everywhere: readonly FailureCode[] = [
  'unauthenticated',
  'validation_failed',
  'rate_limited',
  'internal_error',
  'unavailable',
];

interface OtherAnswers {
  readonly '4xx': typeof failureSchema;
  readonly '5xx': typeof failureSchema;
}

/** The answers of a route: its good ones, and the failures that it can end in, each with its true body. */
export function responses<const Good extends Readonly<Record<number, TSchema>>>(
  good: Good,
  ...codes: readonly Code[]
): Good & OtherAnswers {
  const failures = new Map<number, Failure[]>();
  for (const code of [...everywhere, ...codes]) {
    const status = statusOf(code);
    failures.set(status, [...(failures.get(status) ?? []), exampleOf(code)]);
  }
  const documented = Array.from(failures, ([status, examples]) => [
    status,
    Type.Object(failureSchema.properties, {
      description: examples.map(({ code }) => code).join(', '),
      examples,
    }),
  ]);
  return { ...good, ...Object.fromEntries(documented), '4xx': failureSchema, '5xx': failureSchema };
}

const isRefusal = (code: Code): code is RefusalCode => code in refusalAnswers;

const statusOf = (code: Code): number =>
  isRefusal(code) ? refusalAnswers[code].status : failureAnswers[code].status;

function exampleOf(code: Code): Failure {
  if (isRefusal(code)) return refusalOf(code);
  switch (code) {
    case 'validation_failed':
      return failureOf(code, { errors: [{ field: 'appointment_id', message: 'is required' }] });
    case 'internal_error':
      return failureOf(code, { data: { request_id: '5b8e3a52-7d0c-4f4e-9a54-6f4f4a3f0f0e' } });
    default:
      return failureOf(code);
  }
}
