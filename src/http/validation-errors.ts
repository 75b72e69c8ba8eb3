import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import type { FieldError } from './envelope.ts';

/** So that a long wrong request has a short answer. */
const MAX_ERRORS = 20;

/** What is wrong with a request, once per field, in the words of the field's schema. */
export function fieldErrorsOf(
  errors: readonly FastifySchemaValidationError[],
  part: string | undefined,
): FieldError[] {
  const byField = new Map<string, string>();
  for (const error of errors) {
    const { field, message } = fieldErrorOf(error, part ?? 'request');
    // A field that breaks several keywords at once is described by the same sentence each time.
    if (!byField.has(field)) byField.set(field, message);
    if (byField.size === MAX_ERRORS) break;
  }
  return Array.from(byField, ([field, message]) => ({ field, message }));
}

function fieldErrorOf(error: FastifySchemaValidationError, part: string): FieldError {
  const { keyword, instancePath, params } = error;
  const path = instancePath.split('/').slice(1);
  const field = (...names: unknown[]): string => [...path, ...names].join('.') || part;
  switch (keyword) {
    case 'required':
      return { field: field(params['missingProperty']), message: 'is required' };
    case 'additionalProperties':
      return { field: field(params['additionalProperty']).slice(0, 100), message: 'is not known here' };
    default:
      return { field: field(), message: mustBe(error) };
  }
}

function mustBe(error: FastifySchemaValidationError): string {
  const schema: unknown = 'parentSchema' in error ? error.parentSchema : undefined;
  const described =
    typeof schema === 'object' && schema !== null && 'description' in schema ? schema.description : null;
  return typeof described === 'string' ? `must be ${described}` : (error.message ?? 'is not as it has to be');
}
