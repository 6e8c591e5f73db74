/** How the line to the server is, for the banner and the notes that depend on it. */
import { create } from 'zustand'

type LinkState = 'connecting' | 'online' | 'catching-up' | 'offline'

export const useLink = create<{ link: LinkState; since: number }>(() => ({ link: 'connecting', since: Date.now() }))

export function setLink(link: LinkState): void {
  if (useLink.getState().link !== link) useLink.setState({ link, since: Date.now() })
}
