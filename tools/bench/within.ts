/** What the work gives, unless it takes longer than that. The work itself goes on: whoever calls must end it. */
export async function within<Result>(minutes: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it was not done after ${minutes.toFixed(1)} minutes`)),
      minutes * 60_000,
    );
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
