package locale

import (
	"math"
	"strconv"
	"strings"

	"aiqyn"
)

// Digits are grouped by a no-break space in all three languages, English too:
// in a country that reads 1,250 as one and a quarter, an English 1,250 kW
// would be a dangerous number (ISO 80000-1 advises the same).
const (
	noBreak = "\u00a0"
	minus   = "−"
)

// Number writes a whole number: "12 500".
func Number(_ aiqyn.Lang, n int64) string {
	if n > -1000 && n < 1000 && n >= 0 {
		return strconv.FormatInt(n, 10)
	}
	s := strconv.FormatInt(n, 10)
	return group(s)
}

// group sets no-break spaces between thousands and a true minus sign.
func group(digits string) string {
	var b strings.Builder
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		b.WriteString(minus)
		digits = rest
	}
	first := len(digits) % 3
	if first == 0 {
		first = min(3, len(digits))
	}
	b.WriteString(digits[:first])
	for i := first; i < len(digits); i += 3 {
		b.WriteString(noBreak)
		b.WriteString(digits[i : i+3])
	}
	return b.String()
}

// Decimal writes v rounded to so many decimals: "2,50" in Kazakh and Russian,
// "2.50" in English.
func Decimal(l aiqyn.Lang, v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	s := strconv.FormatFloat(v, 'f', max(decimals, 0), 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-") // no minus before nothing
	}
	integer, fraction, has := strings.Cut(s, ".")
	if !has {
		return group(integer)
	}
	return group(integer) + separator(l) + fraction
}

func separator(l aiqyn.Lang) string {
	if l == aiqyn.English {
		return "."
	}
	return ","
}

// scaled writes n/10^decimals exactly, without trailing zeros.
func scaled(l aiqyn.Lang, n int64, decimals int) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		digits, sign = rest, "-"
	}
	if pad := decimals + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	cut := len(digits) - decimals
	fraction := strings.TrimRight(digits[cut:], "0")
	if fraction == "" {
		return group(sign + digits[:cut])
	}
	return group(sign+digits[:cut]) + separator(l) + fraction
}

// Money writes an amount of tiyn in tenge: "1 250 ₸", "1 250,50 ₸".
func Money(l aiqyn.Lang, tiyn int64) string {
	s := scaled(l, tiyn, 2)
	if tiyn%100 != 0 && tiyn%10 == 0 {
		s += "0" // 0,50 and not 0,5: money has both decimals or none
	}
	return s + noBreak + "₸"
}

// Kilowatt writes a power of so many watts: "150 кВт", "2.5 kW".
func Kilowatt(l aiqyn.Lang, watts int64) string {
	return scaled(l, watts, 3) + noBreak + words[index(l)].kilowatt
}

// KilovoltAmpere writes an apparent power of so many volt-amperes, rounded to a
// tenth: "67,5 кВА".
func KilovoltAmpere(l aiqyn.Lang, va int64) string {
	return scaled(l, (va+50)/100, 1) + noBreak + words[index(l)].kilovolt
}

// Distance writes a length of so many metres: "850 м", "1,2 км". From a
// kilometre on it is rounded to a hundred metres.
func Distance(l aiqyn.Lang, metres int64) string {
	w := &words[index(l)]
	if metres > -1000 && metres < 1000 {
		return group(strconv.FormatInt(metres, 10)) + noBreak + w.metre
	}
	hundreds := metres / 100
	switch rest := metres % 100; {
	case rest >= 50:
		hundreds++
	case rest <= -50:
		hundreds--
	}
	return scaled(l, hundreds, 1) + noBreak + w.kilometre
}

// Percent writes a share of 1 in per cent: "12,5 %".
func Percent(l aiqyn.Lang, share float64, decimals int) string {
	s := Decimal(l, share*100, decimals)
	if l == aiqyn.English {
		return s + "%"
	}
	return s + noBreak + "%"
}
