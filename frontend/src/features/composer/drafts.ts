/** What is being written, per person and conversation, kept in this browser only. No list subscribes to it. */
const key = (userId: string, ticketId: string): string => `recado.draft.${userId}.${ticketId}`

export function readDraft(userId: string, ticketId: string): string {
  try {
    return localStorage.getItem(key(userId, ticketId)) ?? ''
  } catch {
    return ''
  }
}

export function writeDraft(userId: string, ticketId: string, text: string): void {
  try {
    if (text) localStorage.setItem(key(userId, ticketId), text)
    else localStorage.removeItem(key(userId, ticketId))
  } catch {
    // Storage is off or full: the text stays on screen.
  }
}
