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

void AddUpdateOptions(CLI::App& app, OptimizerSettings& settings) {
  app.add_option("--weight-decay", settings.weight_decay,
                 "Weight decay of the matrices; part of the gradient with adam and sgd, decoupled "
                 "with the others");
  app.add_option("--initial-lr", settings.initial_lr,
                 "Decoupled decay multiplies weights by 1 - DECAY * lr / THIS instead of "
                 "1 - DECAY * lr; 0: off. --weight-decay must then be about --lr times as large, "
                 "e.g. --lr 3e-3 --initial-lr 3e-3 --weight-decay 3e-4 for --weight-decay 0.1: "
                 "left at 0.1 it shrinks weights by 10 % a step");
  app.add_option("--beta1", settings.beta1, "Of adamw, adam and lion (default: 0.9)");
  app.add_option("--beta2", settings.beta2, "Of adamw and adam (default: 0.95), and lion (0.99)");
  app.add_option("--eps", settings.eps, "Of adamw and adam (default: 1e-8)");
  app.add_option("--momentum", settings.momentum, "Of sgd and sgdw; 0: none is kept");
  app.add_flag("--nesterov", settings.nesterov, "sgd and sgdw step ahead along their momentum");
}

void AddFileOptions(CLI::App& app, RunConfig& config) {
  app.add_option("--initial-weights", config.initial_weights,
                 "Begin with the weights of a safetensors file, of an index, or of the model in a "
                 "folder, instead of random ones");
  app.add_option("--metrics", config.metrics_path, "File for one JSON line per step");
  app.add_option("--summary", config.summary_path, "File for one JSON object at the end");
  app.add_option("--export-weights", config.export_weights,
                 "Folder for the trained weights, as safetensors");
  app.add_option("--export-dtype", config.export_dtype,
                 "Of exported weights: own, which is zerod's bf16, or fp32, its master weights");
}

}  // namespace

void AddOptions(CLI::App& app, RunConfig& config) {
  // Said twice, the last one counts: scripts can put a person's options behind their own.
  app.option_defaults()->always_capture_default()->multi_option_policy(
      CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--text", config.text, "File or folder to learn from, as bytes");
  app.add_option(
      "--optimizer", config.optimizer,
      "zerod's update: adamw, adam, sgdw, sgd or lion (zerod: adamw); or adamw-fp32, which "
      "is full-precision AdamW without zerod. lion wants about a tenth of adamw's --lr, "
      "sgd and sgdw about 100 times as much");
  app.add_option("--codec", config.codec, "zerod's state codec: robust, flash or fp32");
  app.add_option("--master-rounding", config.master_rounding,
                 "How zerod rounds 24-bit master weights: nearest or stochastic");
  app.add_option("--trainers", config.trainers,
                 "Data-parallel trainers, a thread each; with --service a process");
  app.add_option("--ranks", config.ranks,
                 "Ranks that own zerod's state; with --service the daemons' are used");
  app.add_option("--threads-per-rank", config.threads_per_rank,
                 "Threads that compute for each rank; with --service the daemons' are used");
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
  AddUpdateOptions(app, config.settings);
  app.add_option("--clip", config.settings.max_gradient_norm,
                 "Global gradient norm; 0: no clipping");
  app.add_option("--seed", config.seed, "Of initial values, data order and stochastic rounding");
  app.add_option("--eval-every", config.eval_every,
                 "Steps between validations; 0: only at the end");
  AddFileOptions(app, config);
  AddServiceOptions(app, config.service);
}

}  // namespace zerod::train_lm
