import { createFileRoute } from '@tanstack/react-router'
import { InboxBlank } from './-InboxBlank'

export const Route = createFileRoute('/_app/inbox/')({ component: InboxBlank })
