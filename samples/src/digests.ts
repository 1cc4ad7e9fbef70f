/** Digests of the content that the generators make; refresh.ts prints them after a change. */
export const digests = {
  shop: '2e7ab6b81fa2d0b4c2671b8d1e60156a06624463e10bec92e9eb82687c74b6e9',
  company: '4de28b58c2f6fcd17ed6348133d76a6c7bb623ed0b0aba4928cdadbbefeb46d6',
  flights: 'd848886441867c7cfab94311eadddac8570c756b5063767a2ea1da8e4090b8b1',
} as const;
