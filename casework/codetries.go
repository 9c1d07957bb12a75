package casework

import (
	"sync"
	"time"

	"aiqyn/store"
)

// codeTried counts the tries at codes in this process, beside the rows: a row, whoever may
// write the database could set back, and a sealed count as well, to what it was. Every
// process allows as many, so that with n of them a code may be tried n times as often as
// codeTries says, and no more.
type codeTried struct {
	mu    sync.Mutex
	tries map[string]int // by attempt
	order []triedCode    // the first tried first
}

type triedCode struct {
	attempt string
	until   time.Time // none of it is believed after
}

// maxTriedCodes bounds what is remembered: so many codes tried within codeLife are those of
// a country. Beyond, the oldest is forgotten.
const maxTriedCodes = 1 << 17

// count counts one try at a code and tells how many there were.
func (c *codeTried) count(code store.Code, now time.Time) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tries == nil {
		c.tries = make(map[string]int)
	}
	attempt := string(code.Attempt)
	if c.tries[attempt] == 0 {
		for len(c.order) > 0 && (!now.Before(c.order[0].until) || len(c.order) >= maxTriedCodes) {
			delete(c.tries, c.order[0].attempt)
			c.order = c.order[1:]
		}
		c.order = append(c.order, triedCode{attempt, now.Add(codeLife)})
	}
	c.tries[attempt]++
	return c.tries[attempt]
}

// spend leaves no try at a code that was right: its row may be made to say that it is not used.
func (c *codeTried) spend(code store.Code) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tries[string(code.Attempt)] = codeTries
}
