import { cardSeconds, type Speed } from './speed.js';

export interface Demand {
  /** Questions a minute, in the busiest minutes. */
  perMinute: number;
  /** Tokens of a prompt, and how many of them the prefix cache holds. */
  prompt: number;
  cached: number;
  /** Tokens of a reply. */
  reply: number;
  /** Requests to the model for a question: 1 and what corrections add. */
  attempts: number;
  /** Replies that a card writes at a time. */
  batch: number;
  /** Share of its time that a card is to be at work: what is left keeps questions that come together from waiting long. */
  utilisation: number;
}

export interface Need {
  /** Of a card, for one question. */
  seconds: number;
  /** Questions that one card takes. */
  perMinuteAndCard: number;
  cards: number;
}

/** Whole cards; of the model server alone. */
export function cardsNeeded(speed: Speed, demand: Demand): Need {
  const { perMinute, prompt, cached, reply, attempts, batch, utilisation } = demand;
  const seconds = attempts * cardSeconds(speed, { read: prompt - cached, written: reply }, batch);
  const perMinuteAndCard = (60 * utilisation) / seconds;
  return { seconds, perMinuteAndCard, cards: Math.ceil(perMinute / perMinuteAndCard) };
}
