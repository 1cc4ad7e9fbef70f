/** Digests of the content the generators make. `npm run samples -- --digests` prints them after a change. */
export const digests = {
  shop: '4d873c6fb722e451e2441c2e68f12a174d31ce581385824bdfa682bb2e3ad4ae',
  company: '4ca6db5c6e7fad34f0e1bbfb77c1c716a231d43e018f08260629c5d08879d6bb',
  flights: '137780db636c9b26c39a9eca5ded607667c15b14a78da971aef7353de7188183',
} as const;
