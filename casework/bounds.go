package casework

import (
	"slices"

	"aiqyn"
)

// How much a command may say, in bytes. Files of a pack are bounded by who
// takes them in.
const (
	maxWords  = 8000     // one free text
	maxFields = 64 << 10 // all answers, records and evidence together
)

// maxEvents bounds a timeline; no service comes near it.
const maxEvents = 500

// bounded refuses a command that says too much, before anything is done about it.
func bounded(cmd any) error {
	words, fields := volume(cmd)
	fields += volumeOfPayment(cmd)
	if words > maxWords || fields > maxFields {
		return aiqyn.E(aiqyn.TooLarge, "error.too-large")
	}
	if f, ok := cmd.(File); ok && f.Lang != "" && !slices.Contains(aiqyn.Langs, f.Lang) {
		return aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("lang")
	}
	return nil
}

// volume measures a command's longest free text, and all its fields together.
func volume(cmd any) (words, fields int) {
	switch c := cmd.(type) {
	case File:
		return len(c.Channel), sum(c.Answers)
	case Import:
		return len(c.Number) + len(c.Source), sum(c.Answers)
	case ImportPlace:
		return len(c.Source) + len(c.Row.Number), sum(c.Answers)
	case Perform:
		fields = sum(c.Records)
		for _, item := range c.Evidence {
			fields += len(item.Hash) + len(item.Kind) + len(item.Lat) + len(item.Lon) + len(item.Text)
		}
	case Decide:
		words = max(len(c.Note), len(c.Point), len(c.PointReason), len(c.PointLetter))
	case Object:
		words = len(c.Text)
	case Contest:
		words = len(c.Text)
	case ChoosePoint:
		words = len(c.Point)
	case Appeal:
		words = len(c.Text)
	case AskCorrection:
		words = max(len(c.Said), len(c.Text), len(c.Field))
	case OpenPersonal:
		words = len(c.Purpose)
	case ReadFile:
		words = max(len(c.Purpose), len(c.Hash))
	case AskGlass:
		words = len(c.Ground)
	case OpenGlass:
		words = len(c.Signature)
	case Classify:
		words = max(len(c.Ground), len(c.Item), len(c.Roadmap), len(c.Reviewer))
	case Attest:
		words = max(len(c.Text), len(c.Signature))
	case DeclineCorrection:
		words = len(c.Ground)
	case DecideAppeal:
		words = max(len(c.Ground), len(c.Signature))
	case Annul:
		words = len(c.Ground)
	case Hold:
		words = len(c.Ground)
	case Erase:
		words = len(c.Ground)
	case EraseReport:
		words = len(c.Ground)
	case Rebase:
		words = len(c.Act)
	case TakeTicket:
		words = len(c.Group)
	case Rebook:
		words = max(len(c.NotBefore), len(c.Part))
	case Correct:
		return max(len(c.Ground), len(c.Field)), len(c.Value)
	default:
		return volumeApart(cmd)
	}
	return words, fields
}

// volumeApart is volume for commands about no case.
func volumeApart(cmd any) (words, fields int) {
	switch c := cmd.(type) {
	case AddPasskey:
		return len(c.Name), len(c.Key.ID) + len(c.Key.Record)
	case ConfirmQueue:
		words = len(c.Ground)
	case DeclineQueue:
		words = len(c.Ground)
	case AdoptTables:
		words = len(c.Words)
	case BringTables:
		words = len(c.Words)
	case ConfirmTables:
		words = len(c.Ground)
	case DeclineTables:
		words = len(c.Ground)
	case RemovePasskey:
		words = len(c.Handle)
	case GiveMandate:
		words = len(c.To)
		for _, svc := range c.Services {
			fields += len(svc)
		}
	case Represent:
		words = max(len(c.Register), len(c.For))
	case Tell:
		words = max(len(c.Text), len(c.Subject))
	case ReportPlaces:
		words = max(len(c.Institution), len(c.Group))
	case PublishSlots:
		words = max(len(c.Institution), len(c.Group), len(c.Day), len(c.From))
	case ReduceMargin:
		words = len(c.Ground)
	case Demanded:
		words = max(len(c.Text), len(c.Body), len(c.Region))
	case Roster:
		for _, o := range c.Officers {
			fields += len(o) + len(c.Persons[o])
		}
		words = max(len(c.Enrol.Officer), len(c.Enrol.Name), len(c.Enrol.Phone))
	}
	return words, fields
}

// volumeOfPayment measures what is said about a payment.
func volumeOfPayment(cmd any) int {
	switch c := cmd.(type) {
	case PayFee:
		return len(c.Return) + len(c.Lang)
	case SettlePayment:
		return len(c.Notice.Body) + len(c.Notice.Signature) + len(c.Notice.ID) + len(c.Notice.Timestamp)
	}
	return 0
}

func sum(m map[string]string) (n int) {
	for k, v := range m {
		n += len(k) + len(v)
	}
	return n
}
