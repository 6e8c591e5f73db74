import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { TICKET_VIEWS, type TicketViewName, viewSearch } from '~/domain/ticket-list'

/** Links, not tabs: each view has its address, and the list under it is a page of its own. */
export function ViewTabs({ view }: { readonly view: TicketViewName }) {
  const { t } = useLingui()
  const names: Record<TicketViewName, string> = { all: t`All`, waiting: t`Waiting`, mine: t`Mine`, closed: t({ message: 'Closed', context: 'filter of conversations' }) }
  return (
    <nav className="view-tabs" aria-label={t`Conversation filters`}>
      {TICKET_VIEWS.map((name) => (
        <Link key={name} to="." search={viewSearch(name)} className="view-tab" aria-current={name === view ? 'page' : undefined}>
          {names[name]}
        </Link>
      ))}
    </nav>
  )
}
