import { Type } from 'typebox';
import { idText } from '../schemas.ts';

export const idParams = Type.Object({ id: idText });
