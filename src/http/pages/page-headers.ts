/**
 * What a page of ours may do in a browser, for @fastify/helmet: load from its own origin, and nothing else. A page
 * contains no script and no style itself.
 * @param styles further sources of styles, in the syntax of the Content-Security-Policy
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
