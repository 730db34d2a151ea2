#include "examples/train_lm/command_line.h"

namespace zerod::train_lm {
namespace {

void AddServiceOptions(CLI::App& app, ServiceConfig& service) {
  const char* const group = "With zerod in daemons, where every trainer is a process of its own";
  app.add_option("--service", service.address,
                 "This host's daemon, e.g. unix:/run/zerod/zerod.sock")
      ->group(group);
  app.add_option("--job", service.job, "The job's name, the same for all its trainers")
      ->group(group);
  app.add_option("--token", service.token, "What every caller that uses the job has to show")
      ->envname("ZEROD_TOKEN")
      ->group(group);
  app.add_option(
         "--trainer", service.trainer,
         "Which of the --trainers this is, from 0. Trainer 0 creates the job, validates, and "
         "writes the metrics, with its own training loss, and the summary")
      ->group(group);
  app.add_option("--contributors", service.contributors,
                 "Each trainer's rank, ascending, e.g. 0,2 (default: trainer I has rank I)")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group(group);
  app.add_option(
         "--wait-s", service.wait_s,
         "Seconds to wait for other trainers: for trainer 0 to create the job, and, to redo "
         "a step, for one that is missing. It is missing once the daemon's --step-deadline says so")
      ->group(group);
  app.add_flag("--resume", service.resume,
               "Trainer 0: go on with the job if it is there already, from the step it is at, and "
               "append to the metrics, which may lack the step at which it was stopped. The other "
               "trainers always go on")
      ->group(group);
  app.add_flag("--keep-job", service.keep_job, "Trainer 0: leave the job to the daemons at the end")
      ->group(group);
}

}  // namespace

void AddOptions(CLI::App& app, RunConfig& config) {
  // Said twice, the last one counts: scripts can put a person's options behind their own.
  app.option_defaults()->always_capture_default()->multi_option_policy(
      CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--text", config.text, "File or folder to learn from, as bytes");
  app.add_option("--optimizer", config.optimizer, "zerod or adamw-fp32");
  app.add_option("--codec", config.codec, "zerod's state codec: robust, flash or fp32");
  app.add_option("--trainers", config.trainers,
                 "Data-parallel trainers, a thread each; with --service a process");
  app.add_option("--ranks", config.ranks,
                 "Ranks that own zerod's state; with --service the daemons' are used");
  app.add_option("--shard-weights", config.shard_weights,
                 "Each rank's share of the state, e.g. 1,3 (default: equal)")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--layers", config.model.layers, "Transformer blocks");
  app.add_option("--width", config.model.width, "Width of the residual stream");
  app.add_option("--heads", config.model.heads, "Attention heads; must divide the width");
  app.add_option("--context", config.model.context, "Bytes a prediction can see");
  app.add_flag("!--untied-head", config.model.tied_head,
               "Give the output a matrix of its own instead of the embedding's");
  app.add_option("--steps", config.steps, "Optimizer steps");
  app.add_option("--batch", config.batch, "Windows per trainer and micro-batch");
  app.add_option("--micro-batches", config.settings.micro_batches, "Micro-batches per step");
  app.add_option("--lr", config.learning_rate, "Peak learning rate; falls to a tenth on a cosine");
  app.add_option("--warmup", config.warmup, "Steps of linear warm-up");
  app.add_option("--weight-decay", config.settings.weight_decay,
                 "Decoupled weight decay of the matrices");
  app.add_option("--clip", config.settings.max_gradient_norm,
                 "Global gradient norm; 0: no clipping");
  app.add_option("--seed", config.seed, "Of initial values, data order and stochastic rounding");
  app.add_option("--eval-every", config.eval_every,
                 "Steps between validations; 0: only at the end");
  app.add_option("--metrics", config.metrics_path, "File for one JSON line per step");
  app.add_option("--summary", config.summary_path, "File for one JSON object at the end");
  AddServiceOptions(app, config.service);
}

}  // namespace zerod::train_lm
