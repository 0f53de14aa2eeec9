// What a soak counts beside answers.

/** How often what happened. */
export const createFigures = () => ({
  signIns: 0,
  signOuts: 0,
  endedByZitadel: 0,
  formsKept: 0,
  rolesJudged: 0,
  stolenCookiesTried: 0,
  connectionsKeptOpen: 0,
  /** Sessions that a fault has cost, as promise 2 allows. */
  renewalsLost: 0,
  tokensLost: 0,
});

export type Figures = ReturnType<typeof createFigures>;
