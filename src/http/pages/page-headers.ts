/**
 * What a page of ours may do in a browser, for @fastify/helmet: load from its own origin, and nothing else. No script
 * and no style stands in the page itself.
 * @param styles what the page takes besides, as the Content-Security-Policy writes it
 */
export const pageHeaders = (...styles: readonly string[]) => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", ...styles],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  // Without it a browser would not even tell our own pages' origin.
  referrerPolicy: { policy: 'same-origin' } as const,
});
