package simulate

import (
	"fmt"
	"time"

	"aiqyn"
)

// numbers hands out identification numbers, each once.
type numbers struct {
	serial map[string]int // by the first seven digits
}

// person makes the IIN of somebody born on a day, with the century digit 7 for
// men and 8 for women that the state's rule does not define.
func (n *numbers) person(born time.Time, female bool) aiqyn.PersonID {
	century := 7
	if female {
		century = 8
	}
	return n.next(born.Format("060102")+fmt.Sprint(century), 4)
}

// company makes the BIN of a head office registered in a year, in its
// thirteenth month. Digit 5 is 4: a resident legal entity.
func (n *numbers) company(year int) aiqyn.PersonID {
	return n.next(fmt.Sprintf("%02d1340", year%100), 5)
}

// next counts a serial up until it has a check digit.
func (n *numbers) next(prefix string, digits int) aiqyn.PersonID {
	if n.serial == nil {
		n.serial = make(map[string]int)
	}
	for {
		n.serial[prefix]++
		body := fmt.Sprintf("%s%0*d", prefix, digits, n.serial[prefix])
		if check, ok := checkDigit(body); ok {
			return aiqyn.PersonID(body + string(rune('0'+check)))
		}
	}
}

// checkDigit is the twelfth digit of an IIN or BIN, by the rule of decree
// No. 406: two passes of weights modulo 11, and no number when both give 10.
func checkDigit(body string) (int, bool) {
	for _, first := range []int{1, 3} {
		sum := 0
		for i := range len(body) {
			sum += int(body[i]-'0') * ((first+i-1)%11 + 1)
		}
		if sum%11 < 10 {
			return sum % 11, true
		}
	}
	return 0, false
}

// phone is a number in a range that no operator gives out: +7 700 0xx xx xx.
func phone(k int) string { return fmt.Sprintf("+77000%06d", k) }
