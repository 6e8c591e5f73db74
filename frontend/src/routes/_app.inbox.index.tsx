import { Trans } from '@lingui/react/macro'
import { createFileRoute } from '@tanstack/react-router'
import { MessagesSquare } from 'lucide-react'
import { Notice } from '~/ui/Notice'

export const Route = createFileRoute('/_app/inbox/')({
  component: () => (
    <div className="inbox-blank">
      <Notice icon={<MessagesSquare size={28} />} title={<Trans>Choose a conversation</Trans>}>
        <Trans>Pick one from the list, or press j and k to walk through it.</Trans>
      </Notice>
    </div>
  ),
})
