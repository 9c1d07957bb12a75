package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"aiqyn/notify/smpp"
	"aiqyn/notify/sms"
)

// Texter carries letters by SMS.
type Texter struct {
	Client *smpp.Client
	// From is whom the telephone shows: a name, a number of many digits behind
	// a +, or a short one that can be answered.
	From string
	// MostParts is into how many parts a text may be cut; 0 means 2.
	MostParts int
}

// Carry sends a letter part by part. Parts of one letter share a reference
// that rests on the letter alone: sent again after a broken line, a telephone
// lays them over those that it has.
func (t *Texter) Carry(ctx context.Context, l Letter) ([]string, error) {
	parts, err := sms.Split(l.Text, byte(l.ID^l.ID>>8), cmp.Or(t.MostParts, 2))
	if err != nil {
		return nil, &Failure{Code: TooLong, Final: true, Err: err}
	}
	var ids []string
	for _, p := range parts {
		m := smpp.Message{
			Source: sender(t.From), Dest: receiver(l.To), Coding: byte(p.Coding), Text: p.Octets(),
			Receipt: smpp.WantReceipt, Expiry: validity(l.Life),
		}
		if p.Header != nil {
			m.Class = smpp.ClassHeader
		}
		id, err := t.submit(ctx, m)
		if err != nil {
			return ids, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// submit sends one part. It stays patient for as long as it may: a letter of
// which half has gone must not begin anew for the sake of a full queue.
func (t *Texter) submit(ctx context.Context, m smpp.Message) (string, error) {
	throttled := false
	for {
		id, err := t.Client.Submit(ctx, m)
		var refused *smpp.Refused
		switch {
		case err == nil:
			return id, nil
		case errors.As(err, &refused) && refused.Throttled():
			throttled = true
		case errors.As(err, &refused):
			if refused.Final() {
				return "", &Failure{Code: BadAddress, Final: true, Err: err}
			}
			return "", &Failure{Code: Refused, Err: err}
		case errors.Is(err, smpp.ErrClosed):
			return "", &Failure{Code: NoAnswer, Err: err}
		case throttled:
			return "", &Failure{Code: Throttled, Blameless: true, Err: err}
		case ctx.Err() != nil && !t.Client.Bound():
			return "", &Failure{Code: NoLine, Blameless: true, Err: err}
		default:
			return "", &Failure{Code: NoAnswer, Err: err}
		}
	}
}

// sender writes who sends: types of number as SMPP 3.4, 5.2.5, has them.
func sender(from string) smpp.Address {
	switch {
	case strings.HasPrefix(from, "+"):
		return receiver(from)
	case strings.Trim(from, "0123456789") == "":
		return smpp.Address{TON: 3, Value: from} // short, of this network
	}
	return smpp.Address{TON: 5, Value: from} // a name
}

func receiver(to string) smpp.Address {
	return smpp.Address{TON: 1, NPI: 1, Value: strings.TrimPrefix(to, "+")}
}

// validity tells the centre for how long it may try: a code that comes an hour
// late is worse than none. Days, hours, minutes and seconds from now.
func validity(life time.Duration) string {
	if life <= 0 {
		return ""
	}
	s := int(min(life, 30*24*time.Hour) / time.Second)
	return fmt.Sprintf("0000%02d%02d%02d%02d000R", s/86400, s/3600%24, s/60%60, s%60)
}

// Heard is what a centre has sent us: a receipt, or the answer of a person.
type Heard struct {
	Receipt *smpp.Receipt
	From    string // of a person, +77010000000
	Text    string
}

// Hear reads a unit of the centre, false if there is nothing to be heard yet:
// a part of a text whose others are on their way, or what makes no sense.
func Hear(a *sms.Assembler, p smpp.PDU, now time.Time) (Heard, bool) {
	if p.Message.Class&smpp.ClassKind == smpp.ClassReceipt {
		r, ok := smpp.ReceiptOf(p)
		return Heard{Receipt: &r}, ok && r.State.Final()
	}
	c, text, ok := smpp.TextOf(p)
	from := "+" + strings.TrimPrefix(p.Message.Source.Value, "+")
	if !ok {
		return Heard{}, false
	}
	whole, done := a.Add(from, c, text, now)
	return Heard{From: from, Text: whole}, done
}
