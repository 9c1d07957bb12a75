package casework

import (
	"context"
	"encoding/json"
	"fmt"

	"aiqyn/store"
)

// deliverAtOnce is how many messages are handed on before they are marked.
const deliverAtOnce = 100

// Deliver hands on the messages that wait in the outbox, oldest first, and
// returns how many. A message is marked only after send has taken it: if the
// process ends in between it is handed on again, so send may see one twice.
func (e *Engine) Deliver(ctx context.Context, send func(Message) error) (int, error) {
	total := 0
	for {
		rows, err := e.Store.Unsent(ctx, deliverAtOnce)
		if err != nil || len(rows) == 0 {
			return total, err
		}
		sent, failed := e.deliver(rows, send)
		if len(sent) > 0 {
			if err := e.Store.MarkSent(ctx, sent, e.Clock()); err != nil {
				return total, err
			}
		}
		total += len(sent)
		if failed != nil {
			return total, failed
		}
	}
}

// deliver hands on in order and stops at the first that is not taken.
func (e *Engine) deliver(rows []store.Message, send func(Message) error) (sent []int64, err error) {
	for _, row := range rows {
		m, err := e.openMessage(row)
		if err != nil {
			return sent, err
		}
		if err := send(m); err != nil {
			return sent, err
		}
		sent = append(sent, row.ID)
	}
	return sent, nil
}

func (e *Engine) openMessage(row store.Message) (Message, error) {
	plain, err := open(e.keys.system.gcm, row.Sealed, messagePlace(row.ID))
	if err != nil {
		return Message{}, fmt.Errorf("open message %d: %w", row.ID, err)
	}
	var m outgoing
	if err := json.Unmarshal(plain, &m); err != nil {
		return Message{}, fmt.Errorf("message %d: %w", row.ID, err)
	}
	return Message{To: m.Phone, Channel: "sms", At: row.Created, Key: m.Key, Args: m.Args, Ref: m.Ref, Lang: m.Lang}, nil
}
