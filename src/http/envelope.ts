import { type TSchema, Type } from 'typebox';

/** Every answer has one of two shapes. `code` is stable; `message` is for people and may change. */

export interface Success<Data> {
  readonly success: true;
  readonly message: string;
  readonly data: Data;
}

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface Failure {
  readonly success: false;
  readonly code: string;
  readonly message: string;
  /** What is wrong with which field; empty where it is not about fields. */
  readonly errors: FieldError[];
  /** What belongs to the failure, such as the session that has ended; empty where nothing does. */
  readonly data: Record<string, unknown>;
}

export const success = <Data>(message: string, data: Data): Success<Data> => ({
  success: true,
  message,
  data,
});

export const successSchema = <Data extends TSchema>(data: Data, ...examples: Success<Type.Static<Data>>[]) =>
  Type.Object(
    { success: Type.Literal(true), message: Type.String(), data },
    examples[0] === undefined ? {} : { description: examples[0].message, examples },
  );

export const failureSchema = Type.Object({
  success: Type.Literal(false),
  code: Type.String(),
  message: Type.String(),
  errors: Type.Array(Type.Object({ field: Type.String(), message: Type.String() })),
  data: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
});
