export const MODEL_CATALOGUE = Symbol('MODEL_CATALOGUE');
