import { Type } from 'typebox';
import { idText } from '../field-schemas.ts';

export const idParams = Type.Object({ id: idText });
