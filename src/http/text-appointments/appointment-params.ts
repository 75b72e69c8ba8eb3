import { Type } from 'typebox';
import { idText } from '../field-schemas.ts';

export const appointmentParams = Type.Object({ appointment_id: idText });
