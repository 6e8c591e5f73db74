/** The words of the API as the rest of the front end knows them: one place to touch when the schema renames a type. */
import type { ConnectionView } from '~/gen/model/connectionView'
import type { EventsPage } from '~/gen/model/eventsPage'
import type { Frame as FrameView } from '~/gen/model/frame'
import type { MessageView } from '~/gen/model/messageView'
import { MessageViewState } from '~/gen/model/messageViewState'
import type { TicketView } from '~/gen/model/ticketView'
import type { UserView } from '~/gen/model/userView'

export type Connection = ConnectionView
export type ConnectionState = ConnectionView['state']
export type Message = MessageView
export type MessageState = MessageView['state']
export const isMessageState = (state: string): state is MessageState => state in MessageViewState

export type Ticket = TicketView
export type User = UserView
export type Frame = FrameView
export type FramePage = EventsPage
export type RecadoEvent = FrameView['events'][number]
