// Package main is metrics-server under that name, and otherwise CoreDNS with the few plugins that a cluster needs.
package main

import (
	"os"
	"path/filepath"

	_ "github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"
	"k8s.io/apiserver/pkg/server"
	"k8s.io/component-base/cli"
	metrics "sigs.k8s.io/metrics-server/cmd/metrics-server/app"
)

func main() {
	if filepath.Base(os.Args[0]) == "metrics-server" {
		os.Exit(cli.Run(metrics.NewMetricsServerCommand(server.SetupSignalHandler())))
	}
	coremain.Run()
}
