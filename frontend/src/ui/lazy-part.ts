/**
 * Parts that are not needed for the first screen. They are fetched soon after it all the same: a page that stays open
 * over a new release could not fetch them later, because the files of the old release are gone by then.
 */
import { lazy } from 'react'

const loads: (() => Promise<unknown>)[] = []

export const lazyPart: typeof lazy = (load) => {
  loads.push(load)
  return lazy(load)
}

export async function fetchParts(): Promise<void> {
  await Promise.allSettled(loads.map((load) => load()))
}
