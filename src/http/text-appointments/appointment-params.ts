import { Type } from 'typebox';
import { idText } from '../schemas.ts';

export const appointmentParams = Type.Object({ appointment_id: idText });
