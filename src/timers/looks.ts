/** Counts what is under way, so that closing can wait for it. */
export interface Looks {
  readonly counted: <Result>(look: Promise<Result>) => Promise<Result>;
  readonly done: () => Promise<void>;
}

export function createLooks(): Looks {
  let underWay = 0;
  let idle = Promise.withResolvers<void>();
  return {
    counted: async (look) => {
      underWay += 1;
      try {
        return await look;
      } finally {
        underWay -= 1;
        if (underWay === 0) {
          idle.resolve();
          idle = Promise.withResolvers();
        }
      }
    },
    done: () => (underWay === 0 ? Promise.resolve() : idle.promise),
  };
}
