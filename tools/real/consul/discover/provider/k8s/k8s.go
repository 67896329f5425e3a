// Package k8s is the one provider that the agent names by itself; it finds nothing.
package k8s

import (
	"fmt"
	"log"
)

// Provider satisfies discover.Provider.
type Provider struct{}

// Addrs refuses every request.
func (*Provider) Addrs(settings map[string]string, logger *log.Logger) ([]string, error) {
	return nil, fmt.Errorf("this agent is built without auto-join providers")
}

// Help is empty.
func (*Provider) Help() string {
	return ""
}
