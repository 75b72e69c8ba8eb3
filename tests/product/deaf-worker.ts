import { Worker } from 'bullmq';

/** Loaded before a program (`node --import`): BullMQ's workers are there, and take nothing. */
Worker.prototype.run = () => Promise.resolve();
