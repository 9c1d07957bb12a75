package smpp

import "fmt"

// Status is what an answer says: 0 is yes.
type Status uint32

// Statuses that are told apart (SMPP 3.4, 5.1.3).
const (
	StatusOK               Status = 0x00
	StatusInvalidLength    Status = 0x01 // ESME_RINVMSGLEN
	StatusInvalidCommand   Status = 0x03 // ESME_RINVCMDID
	StatusNotBound         Status = 0x04 // ESME_RINVBNDSTS
	StatusAlreadyBound     Status = 0x05 // ESME_RALYBND
	StatusSystemError      Status = 0x08 // ESME_RSYSERR
	StatusInvalidSource    Status = 0x0a // ESME_RINVSRCADR
	StatusInvalidDest      Status = 0x0b // ESME_RINVDSTADR
	StatusBindFailed       Status = 0x0d // ESME_RBINDFAIL
	StatusInvalidPassword  Status = 0x0e // ESME_RINVPASWD
	StatusInvalidSystem    Status = 0x0f // ESME_RINVSYSID
	StatusQueueFull        Status = 0x14 // ESME_RMSGQFUL
	StatusSubmitFailed     Status = 0x45 // ESME_RSUBMITFAIL
	StatusThrottled        Status = 0x58 // ESME_RTHROTTLED
	StatusReceiverFailed   Status = 0x64 // ESME_RX_T_APPN: try again
	StatusReceiverRejected Status = 0x66 // ESME_RX_R_APPN: do not
	StatusInvalidOption    Status = 0xc0 // ESME_RINVOPTPARSTREAM
	StatusInvalidParameter Status = 0xc2 // ESME_RINVPARLEN
	StatusUnknown          Status = 0xff // ESME_RUNKNOWNERR
)

// Refused is an answer that is not yes.
type Refused struct {
	Command Command
	Status  Status
}

func (r *Refused) Error() string {
	return fmt.Sprintf("smpp: command %08x refused with status %#x", uint32(r.Command), uint32(r.Status))
}

// Throttled reports whether the centre asks for patience: nothing is wrong
// with the message.
func (r *Refused) Throttled() bool {
	return r.Status == StatusThrottled || r.Status == StatusQueueFull
}

// Final reports whether sending the same message again cannot help.
func (r *Refused) Final() bool {
	switch r.Status {
	case StatusInvalidLength, StatusInvalidSource, StatusInvalidDest, StatusInvalidOption, StatusInvalidParameter:
		return true
	}
	return false
}
